/** The user that owns nothing. */
const nobody = 65_534

/** Runs as a user without rights, also where the tests run as root, whom no permission stops. */
export async function withoutRights<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run()
  process.seteuid?.(nobody)
  try {
    return await run()
  } finally {
    process.seteuid?.(0)
  }
}
