import { fileURLToPath } from 'node:url'

/** Where `npm run build` puts the page: in `dist/`, next to `src/`. */
export const pageFolder = fileURLToPath(new URL('../../dist/page', import.meta.url))
