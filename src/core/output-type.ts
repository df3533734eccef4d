/** `AbsPower`: watts of a node, idle included. `DynPower`: watts above idle, for containers and processes. */
export const outputTypes = ['AbsPower', 'DynPower'] as const
export type OutputType = (typeof outputTypes)[number]

export function isOutputType(value: string): value is OutputType {
  return (outputTypes as readonly string[]).includes(value)
}
