/*
 * The floor that a scan is measured against: lists a tree, then reads every regular file once with a number of threads
 * and computes CRC-32 (zlib), MD5 and SHA-256 (OpenSSL), one algorithm after the other over each block. It records no
 * attribute, sorts nothing and stores nothing, so whatever a monitor does beyond reading and digesting comes on top.
 *
 * cc -O3 -o reference reference.c -lcrypto -lz -lpthread
 * ./reference DIRECTORY THREADS      prints: files bytes fold
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <fts.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024, MOST_THREADS = 64 };

static struct {
  char **path;
  size_t count;
  size_t room;
} files;
static atomic_size_t next_file;

struct result {
  unsigned long long bytes;
  unsigned fold;
};

static void list(char *root) {
  char *const roots[] = {root, NULL};
  FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
  if (tree == NULL) err(1, "%s", root);
  for (FTSENT *entry; (entry = fts_read(tree)) != NULL;) {
    if (entry->fts_info != FTS_F) continue;
    if (files.count == files.room) {
      files.room = files.room == 0 ? 4096 : files.room * 2;
      files.path = realloc(files.path, files.room * sizeof *files.path);
      if (files.path == NULL) err(1, "memory");
    }
    if ((files.path[files.count++] = strdup(entry->fts_path)) == NULL) err(1, "memory");
  }
  fts_close(tree);
}

static void *digest_files(void *argument) {
  struct result *result = argument;
  unsigned char *block = malloc(BLOCK);
  unsigned char sum[EVP_MAX_MD_SIZE];
  EVP_MD *kinds[] = {EVP_MD_fetch(NULL, "MD5", NULL), EVP_MD_fetch(NULL, "SHA256", NULL)};
  EVP_MD_CTX *contexts[] = {EVP_MD_CTX_new(), EVP_MD_CTX_new()};
  if (block == NULL || kinds[0] == NULL || kinds[1] == NULL) errx(1, "no memory or no MD5 or SHA-256 here");

  for (size_t index; (index = atomic_fetch_add(&next_file, 1)) < files.count;) {
    int descriptor = open(files.path[index], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) err(1, "%s", files.path[index]);
    unsigned long crc = crc32(0, NULL, 0);
    for (int kind = 0; kind < 2; kind++) EVP_DigestInit_ex(contexts[kind], kinds[kind], NULL);
    ssize_t length;
    while ((length = read(descriptor, block, BLOCK)) > 0) {
      crc = crc32(crc, block, (unsigned)length);
      for (int kind = 0; kind < 2; kind++) EVP_DigestUpdate(contexts[kind], block, (size_t)length);
      result->bytes += (unsigned long long)length;
    }
    if (length < 0) err(1, "%s", files.path[index]);
    close(descriptor);
    /* What was computed has a use, so that it cannot be left out. */
    result->fold ^= (unsigned)crc;
    for (int kind = 0; kind < 2; kind++) {
      unsigned size = 0;
      EVP_DigestFinal_ex(contexts[kind], sum, &size);
      unsigned word;
      memcpy(&word, sum, sizeof word);
      result->fold ^= word;
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  int threads = count == 3 ? atoi(arguments[2]) : 0;
  if (threads < 1 || threads > MOST_THREADS) errx(2, "usage: reference DIRECTORY THREADS");
  list(arguments[1]);
  pthread_t thread[MOST_THREADS];
  struct result results[MOST_THREADS] = {{0, 0}};
  for (int index = 0; index < threads; index++) {
    if (pthread_create(&thread[index], NULL, digest_files, &results[index]) != 0) errx(1, "no thread");
  }
  struct result all = {0, 0};
  for (int index = 0; index < threads; index++) {
    pthread_join(thread[index], NULL);
    all.bytes += results[index].bytes;
    all.fold ^= results[index].fold;
  }
  printf("%zu %llu %08x\n", files.count, all.bytes, all.fold);
  return 0;
}
