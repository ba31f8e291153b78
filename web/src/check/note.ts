// Keys and signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature), as crates/tlog reads them.
import { hashes, verify as ed25519 } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concat, decimal, hex, same, unbase64, utf8 } from "./bytes";
import { Refused } from "./refused";

// The browser's own digests are not there for a page that was saved, so these are brought along.
hashes.sha512 = (message) => sha512(message);

const LOG = 1;
const WITNESS = 4;
const MAX_SIGNATURES = 100;

/** A public key, of a log or of a witness. */
export interface Key {
  text: string;
  name: string;
  id: Uint8Array;
  witness: boolean;
  bytes: Uint8Array;
}

interface Signature {
  name: string;
  id: Uint8Array;
  bytes: Uint8Array;
}

/** A text and its signatures, of which nothing is believed yet. */
export interface Note {
  text: string;
  signatures: Signature[];
}

/** The head of a log. */
export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Uint8Array;
}

/** A witness whose signature holds, and when it signed (seconds since 1970). */
export interface Seen {
  name: string;
  time: bigint;
}

const isName = (name: string) => name !== "" && !/[+\s\x00-\x1f]/.test(name);

/** Keys, one a line: `name+id+base64`. */
export function keys(text: string): Key[] {
  const lines = text.split("\n").map((line) => line.trim());
  const all = lines.filter((line) => line !== "").map(key);
  if (!all.length) throw new Refused("key-form");
  return all;
}

function key(text: string): Key {
  const [, name = "", id = "", code = ""] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(text) ?? [];
  const typed = unbase64(code);
  if (!isName(name) || !typed?.length) throw new Refused("key-form");
  const wanted = sha256(concat(utf8(`${name}\n`), typed)).subarray(0, 4);
  if (id !== hex(wanted)) throw new Refused("key-form");
  const [type, bytes] = [typed[0], typed.subarray(1)];
  if ((type !== LOG && type !== WITNESS) || bytes.length !== 32) throw new Refused("key-kind");
  return { text, name, id: wanted, witness: type === WITNESS, bytes };
}

/** The note that begins in this line of a file. */
export function note(text: string, first: number): Note {
  const at = text.lastIndexOf("\n\n");
  const lines = text.split("\n");
  const odd = lines.findIndex((line) => /[\x00-\x1f]/.test(line));
  if (odd >= 0) throw new Refused("line", first + odd);
  const signed = at < 0 ? [] : text.slice(at + 2, -1).split("\n");
  if (!text.endsWith("\n") || !signed.length || signed[0] === "") throw new Refused("cut");
  if (signed.length > MAX_SIGNATURES) throw new Refused("line", first + lines.length - 1);
  const start = lines.length - 1 - signed.length;
  const signatures = signed.map((line, n) => {
    const [, name = "", code = ""] = /^\u2014 ([^ ]+) (.+)$/.exec(line) ?? [];
    const bytes = unbase64(code);
    if (isName(name) && bytes && bytes.length > 4) return { name, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
    // A last line that breaks off is one that was not copied to its end.
    throw n === signed.length - 1 ? new Refused("cut") : new Refused("line", first + start + n);
  });
  return { text: text.slice(0, at + 1), signatures };
}

/** The head of a log in the text of a note. */
export function checkpoint(text: string, first: number): Checkpoint {
  const lines = text.split("\n").slice(0, -1);
  const empty = lines.indexOf("");
  if (empty >= 0) throw new Refused("line", first + empty);
  const [origin, size, root] = [lines[0], decimal(lines[1] ?? ""), unbase64(lines[2] ?? "")];
  if (!origin) throw new Refused("line", first);
  if (size === null) throw new Refused("line", first + 1);
  if (root?.length !== 32) throw new Refused("line", first + 2);
  return { origin, size, root };
}

/** Whether the key has signed these bytes; the strict reading, which knows one signature a text. */
function holds(key: Key, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return signature.length === 64 && ed25519(signature, message, key.bytes, { zip215: false });
  } catch {
    return false;
  }
}

/** When a witness signed the text; nothing where it did not. */
function cosigned(key: Key, text: string, signature: Uint8Array): bigint | null {
  if (signature.length !== 72) return null;
  const time = signature.subarray(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return time < 1n << 63n && holds(key, utf8(`cosignature/v1\ntime ${time}\n${text}`), signature.subarray(8)) ? time : null;
}

/** Who signed a note: the key of this log, the witnesses among the keys, and how many others. */
export function signers(note: Note, origin: string, keys: Key[]): { log: Key; seen: Seen[]; others: number } {
  let log: Key | undefined;
  let others = 0;
  const seen = new Map<Key, Seen>();
  for (const { name, id, bytes } of note.signatures) {
    const key = keys.find((key) => key.name === name && same(key.id, id) && (key.witness || name === origin));
    if (key && bytes.length < (key.witness ? 72 : 64)) throw new Refused("cut");
    const time = key?.witness ? cosigned(key, note.text, bytes) : null;
    // A signature of a known key that does not hold spoils the whole note.
    if (key && !(key.witness ? time !== null : holds(key, utf8(note.text), bytes))) throw new Refused("signed");
    if (!key) others += 1;
    else if (time === null) log = key;
    else if (!seen.has(key)) seen.set(key, { name, time });
  }
  if (!log) throw new Refused("key");
  return { log, seen: [...seen.values()], others };
}
