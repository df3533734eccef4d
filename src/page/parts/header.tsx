import { hashOf, type View } from '../state/routes.js'
import { useTheme } from '../state/use-theme.js'

interface HeaderProps {
  readonly view: View
  readonly titles: Readonly<Record<View, string>>
  /** Views that the navigation leads to. */
  readonly shown: readonly View[]
  readonly version: string | undefined
}

export function Header({ view, titles, shown, version }: HeaderProps) {
  const [theme, setTheme] = useTheme()
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href={hashOf('machine')}>
          Kepler power models <small>{version}</small>
        </a>
        <div class="tools">
          <a href="docs">API</a>
          <a href="metrics">Metrics</a>
          <button type="button" onClick={() => setTheme(other)} aria-label={`Use the ${other} theme`}>
            {theme === 'dark' ? '☀' : '☾'}
          </button>
        </div>
      </div>
      <nav aria-label="Views">
        <ul>
          {shown.map((one) => (
            <li key={one}>
              <a href={hashOf(one)} aria-current={isCurrent(one, view) ? 'page' : undefined}>
                {titles[one]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  )
}

function isCurrent(one: View, shown: View): boolean {
  return one === shown || (one === 'models' && shown === 'model')
}
