/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/;

/** The first block of a PEM text; undefined when there is none. */
export function firstPemBlock(text: string): PemBlock | undefined {
  const match = BLOCK.exec(text);
  return match === null ? undefined : blockOf(match);
}

/** All blocks of a PEM text, in order. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(new RegExp(BLOCK, 'g'))].map(blockOf);
}

function blockOf(match: RegExpExecArray): PemBlock {
  const plain = atob((match[2] as string).replace(/\s/g, ''));
  return { type: match[1] as string, bytes: Uint8Array.from(plain, (char) => char.charCodeAt(0)) };
}

/** A block as PEM text, lines of 64 characters. */
export function toPem(type: string, bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}
