const full = ['ENOSPC', 'EDQUOT', 'EFBIG']
const closed = ['EROFS', 'EACCES', 'EPERM']
const broken = ['EIO', 'EMFILE', 'ENFILE']
const diskCodes: ReadonlySet<unknown> = new Set([...full, ...closed, ...broken])

/** What ails the disk, e.g. `ENOSPC` when it is full, `EACCES` when we may not, in an error or its causes; `undefined` when it is something else. */
export function diskErrorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && diskCodes.has(cause.code)) return String(cause.code)
  }
  return undefined
}
