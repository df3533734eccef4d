/**
 * What the power meter writes as the `path` of a zone where it keeps no powercap tree. Whoever reads measurements knows an
 * estimate by it.
 */
export const estimatePath = 'estimate'
