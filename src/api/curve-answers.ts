export interface BandJson {
  readonly watts: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** What `GET /curve` answers. */
export interface CurveJson {
  /** Shares of full load, 0 to 1. */
  readonly load: readonly number[]
  readonly wall: BandJson
  readonly package: BandJson
  readonly dram?: BandJson
  readonly coverage: number
  readonly machine: Readonly<Record<string, string | number>>
  readonly known: 'processor' | 'family' | 'new'
  readonly later_than_table: boolean
  readonly assumptions: readonly { readonly field: string; readonly value?: number; readonly from: string }[]
  readonly points: readonly { readonly load: number; readonly watts: number }[]
  readonly host?: { readonly share: number; readonly from: string }
  readonly rests_on: readonly {
    readonly model: string
    readonly vendor?: string
    readonly processor: string
    readonly published?: string
  }[]
  readonly model: string
}
