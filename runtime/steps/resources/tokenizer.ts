/** Hugging Face's tokenizers, the Rust library, behind the few calls that steps need. The one file that imports it. */
export interface Tokenizer {
  readonly path: string;
}
