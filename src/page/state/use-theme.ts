import { useEffect, useState } from 'preact/hooks'

export type Theme = 'light' | 'dark'

const key = 'kepler-theme'

/** The theme that is shown: the one that was chosen, else that of the system. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [chosen, setChosen] = useState<Theme | undefined>(readChosen)
  const [system, setSystem] = useState<Theme>(systemTheme)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const change = () => setSystem(systemTheme())
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [])
  const theme = chosen ?? system
  useEffect(() => {
    document.documentElement.dataset.theme = theme
    dispatchEvent(new Event('themechange'))
  }, [theme])
  const choose = (next: Theme) => {
    setChosen(next)
    keep(next)
  }
  return [theme, choose]
}

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

function readChosen(): Theme | undefined {
  try {
    const kept = localStorage.getItem(key)
    return kept === 'light' || kept === 'dark' ? kept : undefined
  } catch {
    // A browser may forbid it: then the system's theme is shown.
    return undefined
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Chosen for this visit alone.
  }
}
