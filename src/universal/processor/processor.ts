/** Makers whose processors are told apart; others are not known. */
export type Make = 'amd' | 'intel' | 'arm' | 'ibm'

/** What the name of a processor tells of it. Absent is what it does not tell. */
export interface Processor {
  readonly make?: Make
  /** `xeon`, `epyc`, `core` ... */
  readonly line?: string
  /** Line and model, e.g. `xeon:6338n`; `?` and the name for what no pattern knows. */
  readonly key: string
  /** The key without the suffix of the model: processors that differ by it only are one group. */
  readonly group: string
  /** A key of `processorFamilies`. */
  readonly family?: string
}

/** What the patterns of one maker find in a cleaned name. */
export interface ParsedModel {
  readonly line: string
  readonly model?: string | undefined
  readonly family?: string | undefined
}
