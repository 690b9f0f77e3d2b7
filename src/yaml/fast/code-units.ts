/**
 * Returns the UTF-16 code units of a text, followed by a 0. The array is reused: it is valid until the next call.
 *
 * Each time a character of a string is read, V8 looks up how the string is stored. Reading an array has no such cost.
 */
export function unitsOf(text: string): Uint16Array {
  const { length } = text;
  if (units.length <= length) {
    units = new Uint16Array(2 * length);
    bytes = Buffer.from(units.buffer);
  }
  bytes.write(text, "utf16le");
  if (isBigEndian) bytes.subarray(0, 2 * length).swap16();
  units[length] = 0;
  return units;
}

let units = new Uint16Array(1 << 14);
let bytes = Buffer.from(units.buffer);
const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
