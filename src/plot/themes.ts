import type { ColourRole } from './chart.js'

/** The colours of a picture: CSS colours. */
export interface Theme {
  readonly background: string
  readonly text: string
  /** Text of less weight: axes, notes. */
  readonly secondary: string
  readonly grid: string
  readonly roles: Readonly<Record<ColourRole, string>>
}

export const themeNames = ['light', 'dark'] as const
export type ThemeName = (typeof themeNames)[number]

/**
 * Colours that people with any kind of colour vision tell apart, after Okabe and Ito, "Color Universal Design" (2008):
 * darker on white and lighter on black than theirs, so that each has a contrast of 3 to 1 with the background.
 */
const light: Theme = {
  background: '#ffffff',
  text: '#1f2328',
  secondary: '#57606a',
  grid: '#d8dee4',
  roles: {
    measured: '#1f2328',
    estimated: '#0072b2',
    idle: '#8c959f',
    background: '#b86e00',
    dynamic: '#0072b2',
    'left-out': '#b35900',
    warning: '#b54400',
    muted: '#57606a',
    'series-1': '#0072b2',
    'series-2': '#d55e00',
    'series-3': '#00805c',
    'series-4': '#a8437f',
    'series-5': '#946200',
    'series-6': '#2b8cc4',
    'series-7': '#1f2328',
    'series-8': '#7d7600',
  },
}

const dark: Theme = {
  background: '#0d1117',
  text: '#e6edf3',
  secondary: '#9da7b3',
  grid: '#30363d',
  roles: {
    measured: '#e6edf3',
    estimated: '#56b4e9',
    idle: '#848d97',
    background: '#e69f00',
    dynamic: '#56b4e9',
    'left-out': '#e69f00',
    warning: '#ff8a4c',
    muted: '#9da7b3',
    'series-1': '#56b4e9',
    'series-2': '#ff8a4c',
    'series-3': '#1fc198',
    'series-4': '#e08fc0',
    'series-5': '#e69f00',
    'series-6': '#9ad3f2',
    'series-7': '#e6edf3',
    'series-8': '#f0e442',
  },
}

export const themes: Readonly<Record<ThemeName, Theme>> = { light, dark }
