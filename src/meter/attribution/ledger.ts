import type { Account, Workloads, Writable } from './account.js'

/** When an ended workload is forgotten: not before it was exported once, and not before this many seconds. */
const shownFor = 60
/** Ended workloads that are shown, those with most energy; as many as Kepler shows. */
const mostEnded = 500
/** Joules below which an ended workload is not worth a series: Kepler's threshold. */
const leastJoules = 10
/** What nobody exports is forgotten all the same. */
const keptFor = 600

interface Ended<A> {
  readonly account: A
  readonly at: number
  exported: boolean
}

/** The accounts of one kind of workload by their key, and those of the ended. */
export interface Ledger<K, A extends Account> extends Workloads<A> {
  get(key: K): Writable<A> | undefined
  open(key: K, account: Writable<A>): Writable<A>
  /** The workload has ended: its energy stays as it is and is shown for a while. */
  close(key: K, seconds: number): void
  /** Sets all shares to nothing, before a scan gives new ones. */
  clearShares(): void
  /** The ended have been exported once more. */
  exported(): void
  forget(seconds: number): void
}

export function createLedger<K, A extends Account>(): Ledger<K, A> {
  const accounts = new Map<K, Writable<A>>()
  let ended: Ended<A>[] = []
  return {
    running: { [Symbol.iterator]: () => accounts.values() },
    terminated: {
      *[Symbol.iterator]() {
        for (const { account } of ended) yield account
      },
    },
    get: (key) => accounts.get(key),
    open(key, account) {
      accounts.set(key, account)
      return account
    },
    close(key, at) {
      const account = accounts.get(key)
      if (!account) return
      accounts.delete(key)
      account.share = 0
      if ((account.joules[0] ?? 0) < leastJoules) return
      ended.push({ account, at, exported: false })
      if (ended.length > mostEnded) dropLeast(ended)
    },
    clearShares() {
      for (const account of accounts.values()) account.share = 0
    },
    exported() {
      for (const one of ended) one.exported = true
    },
    forget(seconds) {
      if (ended.length === 0) return
      ended = ended.filter(({ at, exported }) => seconds - at < (exported ? shownFor : keptFor))
    },
  }
}

function dropLeast(ended: Ended<Account>[]): void {
  let least = 0
  for (let i = 1; i < ended.length; i++) {
    if (ended[i]!.account.joules[0]! < ended[least]!.account.joules[0]!) least = i
  }
  ended.splice(least, 1)
}
