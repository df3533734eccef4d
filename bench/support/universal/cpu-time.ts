/** Median milliseconds of processor time that a piece of work takes, in batches: other programs do not count. */
export function cpuTime(work: () => unknown, batches: number, batch: number): number {
  const each = Array.from({ length: batches }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < batch; i++) work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / batch
  })
  return each.sort((a, b) => a - b)[batches >> 1]!
}
