import { useEffect, useState } from 'preact/hooks'
import { hashOf, parseHash, type Route, type View } from './routes.js'

/** The route of the address bar. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseHash(location.hash))
  useEffect(() => {
    const read = () => setRoute(parseHash(location.hash))
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return route
}

/**
 * Changes parameters of the view that is shown, without a step in the history for each letter typed.
 *
 * @param parameters empty ones are left out
 */
export function replaceParameters(view: View, parameters: Readonly<Record<string, string | number | undefined>>): void {
  history.replaceState(null, '', hashOf(view, parameters))
  dispatchEvent(new HashChangeEvent('hashchange'))
}
