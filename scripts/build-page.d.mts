/** Bundles the page into a folder; what is there goes. */
export function buildPage(folder: string): Promise<void>
