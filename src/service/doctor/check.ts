/** What one check found, and what to do about it. */
export interface Check {
  readonly name: string
  /** `problem`: a program does not start or work. `warning`: something is missing that some use. */
  readonly state: 'ok' | 'warning' | 'problem'
  readonly found: string
  /** What to do; '' when nothing is. */
  readonly advice: string
}

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, advice: '' }
}

export function warning(name: string, found: string, advice: string): Check {
  return { name, state: 'warning', found, advice }
}

export function problem(name: string, found: string, advice: string): Check {
  return { name, state: 'problem', found, advice }
}
