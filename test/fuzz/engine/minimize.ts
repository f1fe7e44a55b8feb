/** Makes an input that fails as small as it goes in a bounded number of tries, for somebody who reads it. */

const MOST_TRIES = 600;

/** The smallest input found that still fails in the same way, as `fails` says. */
export async function minimized(input: Buffer, fails: (input: Buffer) => Promise<boolean>): Promise<Buffer> {
  let smallest = input;
  let left = MOST_TRIES;
  for (let length = Math.ceil(smallest.length / 2); length >= 1 && left > 0; length = Math.floor(length / 2)) {
    for (let start = 0; start < smallest.length && left > 0; ) {
      const without = Buffer.concat([smallest.subarray(0, start), smallest.subarray(start + length)]);
      left -= 1;
      if (await fails(without)) smallest = without;
      else start += length;
    }
  }
  return smallest;
}
