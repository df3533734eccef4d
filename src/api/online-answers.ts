export interface VersionJson {
  readonly version: number
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly published: string
  readonly served: boolean
  readonly why: string | null
}

export interface LogEntryJson {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly action: 'published' | 'kept' | 'rolled-back' | 'unpinned'
  readonly version: number | null
  readonly why: string
  readonly slots: readonly { readonly slot: string; readonly verdict: string; readonly why: string }[]
}

/** What the online trainer did, and why. */
export interface OnlineJson {
  readonly pipeline: string
  readonly rounds: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  readonly last_failure: string | null
  readonly last_round: string
  /** ISO 8601, UTC; `null` before the first. */
  readonly last_round_at: string | null
  readonly last_publish_at: string | null
  readonly history: { readonly seconds: number; readonly bytes: number }
  readonly machines: Readonly<Record<string, number>>
  /** Virtual machines, by whether their own counters were found beside the power that their hosts tell. */
  readonly guests: Readonly<Record<string, number>>
  readonly findings: Readonly<Record<string, number>>
  /** Errors of served models on measurements that they were not trained on. */
  readonly drift: readonly DriftJson[]
  readonly served_version: number
  /** Nothing is published over a pinned version. */
  readonly pinned: { readonly version: number; readonly since: string } | null
  readonly versions: readonly VersionJson[]
  /** The latest first. */
  readonly log: readonly LogEntryJson[]
  /** Whether versions can be changed by who has the token. */
  readonly can_change: boolean
}

export interface DriftJson {
  readonly slot: string
  readonly model: string
  readonly rows: number
  readonly watts: number
  readonly percent: number
  /** Error now, divided by that when it was published; `null` where that is not known. */
  readonly ratio: number | null
}
