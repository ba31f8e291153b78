// Bytes and their spellings. Each value has one spelling, so that nothing in a receipt can be changed unseen.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The largest number of 64 bits. */
const MAX = (1n << 64n) - 1n;

/** The bytes of a base64 text with its padding; nothing where another text would be their spelling. */
export function unbase64(text: string): Uint8Array | null {
  const digits = text.replace(/={1,2}$/, "");
  if (text.length % 4 || /[^A-Za-z0-9+/]/.test(digits)) return null;
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let [held, bits, at] = [0, 0, 0];
  for (const letter of digits) {
    held = ((held << 6) | LETTERS.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return held ? null : out;
}

/** The bytes of a base32 text without padding (RFC 4648); nothing where it is none. */
function unbase32(text: string): Uint8Array | null {
  const out = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [held, bits, at] = [0, 0, 0];
  for (const letter of text) {
    const value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter);
    if (value < 0) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return out;
}

/** The text that was deflated and spelt in base32; nothing where it is none, or longer than this. */
export async function unpacked(text: string, most: number): Promise<string | null> {
  const bytes = unbase32(text);
  if (!bytes) return null;
  const inflated = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let all = new Uint8Array();
  try {
    for (let part = await inflated.read(); !part.done; part = await inflated.read()) {
      all = new Uint8Array(concat(all, part.value));
      if (all.length > most) return null;
    }
  } catch {
    return null;
  }
  return untext(all);
}

/** The bytes of so many lower-case hexadecimal digits. */
export function unhex(text: string, bytes: number): Uint8Array | null {
  if (text.length !== 2 * bytes || /[^0-9a-f]/.test(text)) return null;
  return Uint8Array.from({ length: bytes }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

export const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** The text of bytes that are UTF-8. */
export function untext(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A plain number of at most 64 bits: digits without a sign and without leading zeroes. */
export function decimal(text: string): bigint | null {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const value = BigInt(text);
  return value <= MAX ? value : null;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, at) => byte === b[at]);
