/** A name server (RFC 1035) that knows one name, or one that never answers. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const PORT = 53;
const HEADER = 12;
const TYPE_A = 1;

/** The name in a question, and where the question ends. */
function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(query: Buffer, known: string): Buffer {
  const { name, type, end } = questionOf(query);
  const isKnown = name === known;
  const records =
    isKnown && type === TYPE_A ? [Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7])] : [];
  const head = Buffer.from(query.subarray(0, HEADER));
  // An answer of who is in charge; "no such name" for any other.
  head.writeUInt16BE(isKnown ? 0x8580 : 0x8583, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, query.subarray(HEADER, end), ...records]);
}

export interface NameServer {
  /** How often it was asked. */
  asked: number;
  stop(): void;
}

/** `known`: undefined for one that never answers. Undefined where the address cannot be listened at. */
export async function startNameServer(address: string, known: string | undefined): Promise<NameServer | undefined> {
  const socket = createSocket('udp4');
  const server: NameServer = { asked: 0, stop: () => socket.close() };
  socket.on('message', (query, { port, address: client }) => {
    server.asked += 1;
    if (known !== undefined) socket.send(answerTo(query, known), port, client);
  });
  socket.bind(PORT, address);
  try {
    await once(socket, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
