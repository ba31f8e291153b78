// A receipt: a C2SP tlog-proof whose extra line tells what the leaf commits to. Read as crates/engine reads it (evidence/receipt.rs).
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, decimal, hex, same, unbase64, unhex, untext, utf8 } from "./bytes";
import { type Key, type Seen, checkpoint, note, signers } from "./note";
import { Refused } from "./refused";

const HEADER = "c2sp.org/tlog-proof@v1";
const LEAF = utf8("linli leaf 1\n");
const BODY = utf8("linli body 1\n");
const WORDS = utf8("linli words 1\n");
/** A tree of 2^63 leaves is 63 high. */
const MAX_HASHES = 63;

/** What was recorded. */
export interface Entry {
  at: number;
  body: string;
  by: string;
  kind: string;
  of: string;
  promised?: number;
  seq: number;
  what: string;
}

/** A receipt that holds. */
export interface Proved {
  entry: Entry;
  /** The text, where it is in the receipt. */
  text?: string;
  /** What they wrote before personal data was taken out of it: JSON. */
  words?: string;
  /** Where it stands in the log, from 0. */
  index: bigint;
  size: bigint;
  root: Uint8Array;
  leaf: Uint8Array;
  log: Key;
  seen: Seen[];
  others: number;
}

type Fields = Record<string, "text" | "number" | "text?" | "number?">;
const ENTRY: Fields = { at: "number", body: "text", by: "text", kind: "text", of: "text", promised: "number?", seq: "number", what: "text" };
interface Told {
  entry: string;
  salt: string;
  text?: string;
  text_salt?: string;
  words?: string;
}

const TOLD: Fields = { entry: "text", salt: "text", text: "text?", text_salt: "text?", words: "text?" };

/** An object with these fields and no others, in the one spelling that it has. */
function object(json: string, fields: Fields): Record<string, unknown> | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || JSON.stringify(value) !== json) return null;
  const found = value as Record<string, unknown>;
  const right = Object.entries(fields).every(([name, kind]) => {
    if (found[name] === undefined) return kind.endsWith("?");
    return kind.startsWith("text") ? typeof found[name] === "string" : Number.isSafeInteger(found[name]);
  });
  return right && Object.keys(found).every((name) => Object.keys(fields).includes(name)) ? found : null;
}

interface Proof {
  extra: Uint8Array;
  index: bigint;
  hashes: Uint8Array[];
}

/** The lines of a proof before its checkpoint. */
function proof(lines: string[]): Proof {
  if (!lines[1]?.startsWith("extra ")) throw new Refused("told");
  const extra = unbase64(lines[1].slice("extra ".length));
  if (!extra) throw new Refused("line", 2);
  const index = lines[2]?.startsWith("index ") ? decimal(lines[2].slice("index ".length)) : null;
  if (index === null) throw new Refused("line", 3);
  const hashes = lines.slice(3).map((line, n) => {
    const hash = unbase64(line);
    if (hash?.length !== 32 || n >= MAX_HASHES) throw new Refused("line", 4 + n);
    return hash;
  });
  return { extra, index, hashes };
}

const parent = (left: Uint8Array, right: Uint8Array) => sha256(concat(Uint8Array.of(1), left, right));

/** Whether the hashes lead from a leaf to the root of a tree of this size (RFC 9162, 2.1.3.2). */
export function included(leaf: Uint8Array, index: bigint, size: bigint, hashes: Uint8Array[], root: Uint8Array): boolean {
  if (index >= size) return false;
  let [node, last, hash] = [index, size - 1n, leaf];
  for (const beside of hashes) {
    if (last === 0n) return false;
    if (node & 1n || node === last) {
      hash = parent(beside, hash);
      // A last node without a sibling is its own parent until there is one.
      for (; !(node & 1n); last >>= 1n) node >>= 1n;
    } else {
      hash = parent(hash, beside);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && same(hash, root);
}

/** What a file may gain or lose on its way without a change to what it says. */
const plain = (file: string) => `${file.replace(/^\ufeff/, "").replace(/\r\n/g, "\n").trim()}\n`;

/** Checks a receipt with nothing but keys. Throws a Refused for whatever is not as it should be. */
export function verify(file: string, keys: Key[]): Proved {
  const whole = plain(file);
  if (whole === "\n") throw new Refused("empty");
  if (!whole.startsWith(`${HEADER}\n`)) throw new Refused("receipt");
  const end = whole.indexOf("\n\n");
  if (end < 0) throw new Refused("cut");
  const lines = whole.slice(0, end).split("\n");
  const { extra, index, hashes } = proof(lines);
  const first = lines.length + 2;
  const signed = note(whole.slice(end + 2), first);
  const { origin, size, root } = checkpoint(signed.text, first);
  const { log, seen, others } = signers(signed, origin, keys);

  const told = object(untext(extra) ?? "", TOLD) as Told | null;
  const salt = unhex(told?.salt ?? "", 16);
  if (!told || !salt) throw new Refused("told");
  const leaf = sha256(concat(LEAF, salt, utf8(told.entry)));
  if (!included(sha256(concat(Uint8Array.of(0), leaf)), index, size, hashes, root)) throw new Refused("proof");
  const entry = object(told.entry, ENTRY) as Entry | null;
  if (!entry) throw new Refused("told");
  opens(told, entry);
  return { entry, text: told.text, words: told.words, index, size, root, leaf, log, seen, others };
}

/** The text, where there is one, is what the entry holds the digest of, and the words are what the text does. */
function opens({ text, text_salt, words }: Told, entry: Entry) {
  if (words !== undefined && !text?.endsWith(`,"words":"${hex(sha256(concat(WORDS, utf8(words))))}"}`)) throw new Refused("text");
  if (text === undefined && text_salt === undefined) return;
  const salt = unhex(text_salt ?? "", 16);
  if (text === undefined || !salt || hex(sha256(concat(BODY, salt, utf8(text)))) !== entry.body) throw new Refused("text");
}
