import * as fc from "fast-check";

/**
 * The decisions of a layout, one after the other, from a list of bytes that is read in a circle. No bytes, or a zero,
 * is always the plainest decision: so a failure shrinks towards YAML as everyone writes it.
 */
export class Choices {
  readonly #bytes: readonly number[];
  #next = 0;

  constructor(bytes: readonly number[]) {
    this.#bytes = bytes;
  }

  /** One of several; the first is the plainest. */
  of<T>(...options: readonly [T, ...T[]]): T {
    return options[this.#byte() % options.length] as T;
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.#byte() * 100 >= (100 - percent) * 256;
  }

  /** A number from 0 to `maximum`. */
  upTo(maximum: number): number {
    return this.#byte() % (maximum + 1);
  }

  #byte(): number {
    const length = this.#bytes.length;
    return length === 0 ? 0 : (this.#bytes[this.#next++ % length] as number);
  }
}

/** The bytes of a layout's decisions. */
export const layoutBytes: fc.Arbitrary<number[]> = fc.array(fc.nat(255), { maxLength: 150, size: "max" });
