import { hash } from 'node:crypto';

/**
 * What a set of documents is, whatever their order: how many, how many bytes, and the exclusive or of their SHA-256. Two
 * sets without repeated documents that agree in it are the same.
 */
export class Digest {
  private readonly mixed = Buffer.alloc(32);
  count = 0;
  bytes = 0;

  add(document: Uint8Array): void {
    this.count += 1;
    this.bytes += document.length;
    const one = hash('sha256', document, 'buffer');
    for (let i = 0; i < 32; i += 1) this.mixed[i] = (this.mixed[i] ?? 0) ^ (one[i] ?? 0);
  }

  get hex(): string {
    return this.mixed.toString('hex');
  }
}
