const full = ['ENOSPC', 'EDQUOT', 'EFBIG']
const closed = ['EROFS', 'EACCES', 'EPERM']
const broken = ['EIO', 'EMFILE', 'ENFILE']
const diskCodes: ReadonlySet<unknown> = new Set([...full, ...closed, ...broken])

/** The code of a disk error in an error or its causes, e.g. `ENOSPC` (full) or `EACCES` (no permission); else `undefined`. */
export function diskErrorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && diskCodes.has(cause.code)) return String(cause.code)
  }
  return undefined
}
