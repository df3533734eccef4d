/** What `GET /api/v1/live` answers: that no meter runs is no failure of the server. */
export interface LiveAnswer {
  readonly reading: LiveJson | null
  /** Why there is none; `null` when there is one. */
  readonly reason: string | null
}

/** What a power meter says of this machine now. */
export interface LiveJson {
  /** Where the watts come from. */
  readonly model: { readonly kind: string; readonly name: string }
  /** 0 to 1; `null` where it is not known. */
  readonly utilisation: number | null
  /** Why there is no new reading; `null` when there is one. */
  readonly gap: string | null
  readonly zones: readonly LiveZone[]
}

export interface LiveZone {
  readonly zone: string
  readonly watts: number
  /** The 90 % interval. */
  readonly low: number
  readonly high: number
  readonly out_of_range: boolean
}
