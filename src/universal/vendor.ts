/** Beginnings of what a firmware or an owner writes, and the one name that the table has for it. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^(?:hpe?\b|hewlett)/, 'hpe'],
  [/^dell/, 'dell'],
  [/^fujitsu|^fsc\b/, 'fujitsu'],
  [/^lenovo/, 'lenovo'],
  [/^super ?micro/, 'supermicro'],
  [/^(?:ibm\b|international business)/, 'ibm'],
  [/^(?:quanta|qct\b)/, 'quanta'],
  [/^(?:new )?h3c/, 'h3c'],
  [/^asus/, 'asus'],
  [/^huawei/, 'huawei'],
  [/^hitachi/, 'hitachi'],
  [/^inspur/, 'inspur'],
  [/^acer/, 'acer'],
  [/^nec\b/, 'nec'],
  [/^(?:sgi|silicon graphics)\b/, 'sgi'],
  [/^(?:gigabyte|giga-byte)/, 'gigabyte'],
]

/** The vendor of a machine as the table names it: `Dell Inc.` is `dell`. `undefined` for nothing. */
export function normaliseVendor(vendor: string | undefined): string | undefined {
  const text = vendor?.slice(0, 128).trim().toLowerCase() ?? ''
  if (text === '') return undefined
  return (
    names.find(([pattern]) => pattern.test(text))?.[1] ?? (text.replace(/[^a-z0-9]/g, '').slice(0, 16) || undefined)
  )
}
