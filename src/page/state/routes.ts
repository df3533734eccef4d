/** The views of the page, by the word after `#/`. */
export const views = ['machine', 'estimate', 'models', 'model', 'node-types', 'pipelines', 'online', 'live'] as const
export type View = (typeof views)[number]

export type Parameters = Readonly<Record<string, string>>

/** What an address shows: a view and what is chosen in it. */
export interface Route {
  readonly view: View
  readonly parameters: Parameters
}

/** Reads what stands after `#` of an address; what is not understood is the first view. */
export function parseHash(hash: string): Route {
  const [path, ...query] = hash.replace(/^#?\/?/, '').split('?')
  const view = views.find((one) => one === path)
  if (view === undefined) return { view: 'machine', parameters: {} }
  return { view, parameters: Object.fromEntries(new URLSearchParams(query.join('?'))) }
}

/** The address of a view. Parameters without a value are left out, so that equal views have equal addresses. */
export function hashOf(view: View, parameters: Readonly<Record<string, string | number | undefined>> = {}): string {
  return `#/${view}${queryOf(parameters)}`
}

/** `?a=1&b=2`, or nothing. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined && pair[1] !== '',
  )
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return query === '' ? '' : `?${query}`
}
