// How pictures look, light and dark. The letters are large: the phone and the chat's own preview show 720 points as 360.
import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'
import type { BandName } from '../core/bands.ts'
import type { MarkKind } from './chart.ts'

export const size = { width: 720, leastHeight: 440, plot: 236, density: 2 }

export const margin = { left: 20, right: 20, top: 18, bottom: 14 }

export const inner = size.width - margin.left - margin.right

export const font = 'Tocsin Sans'

/** Points that letters are high. */
export const letters = { title: 27, subtitle: 19, axis: 19, legend: 20, tag: 18, part: 18, band: 17, print: 15 }

export type Theme = 'light' | 'dark'

export type Look = {
  paper: string
  ink: string
  quiet: string
  grid: string
  axis: string
  threshold: string
  badSide: string
  /** Behind a word that lies on the plot. */
  veil: string
  /** Behind the plot while alerts fire, and under it. */
  firing: string
  firingBar: string
  /** Zones behind the lines: the blue and the reds stay different for those who see fewer colours. */
  bands: Record<BandName, string>
  baseline: string
  faint: string
  warning: string
  marks: Record<MarkKind, string>
  /** Of the lines that have a name. */
  palette: string[]
}

// Okabe and Ito's colours, darkened (lightened) to at least 3 : 1 on their paper; vermillion is left to what is bad.
const light: Look = {
  paper: '#ffffff',
  ink: '#1a2230',
  quiet: '#535e6d',
  grid: '#e6e9ee',
  axis: '#9aa5b3',
  threshold: '#b3123f',
  badSide: 'rgba(179, 18, 63, 0.05)',
  veil: 'rgba(255, 255, 255, 0.84)',
  firing: 'rgba(213, 94, 0, 0.11)',
  firingBar: '#d55e00',
  bands: {
    target: 'rgba(0, 100, 168, 0.11)',
    acceptable: 'rgba(0, 100, 168, 0.03)',
    poor: 'rgba(232, 170, 20, 0.20)',
    critical: 'rgba(179, 18, 63, 0.17)',
  },
  baseline: '#7b8794',
  faint: '#c9cfd8',
  warning: '#c26a00',
  marks: { firing: '#b84700', opened: '#3c4a5e', acknowledged: '#1d4f91', resolved: '#0b6e4f', deployment: '#6b3fa0' },
  palette: ['#0064a8', '#c97a00', '#00856a', '#b05596', '#3596d2', '#3d2bb8'],
}

const dark: Look = {
  paper: '#1a1d21',
  ink: '#eceff4',
  quiet: '#a9b2bf',
  grid: '#2d323a',
  axis: '#6b7584',
  threshold: '#ff6f8b',
  badSide: 'rgba(255, 111, 139, 0.07)',
  veil: 'rgba(26, 29, 33, 0.84)',
  firing: 'rgba(255, 150, 70, 0.15)',
  firingBar: '#ff9146',
  bands: {
    target: 'rgba(86, 180, 233, 0.15)',
    acceptable: 'rgba(86, 180, 233, 0.04)',
    poor: 'rgba(230, 180, 40, 0.17)',
    critical: 'rgba(255, 90, 110, 0.24)',
  },
  baseline: '#929dab',
  faint: '#474f5a',
  warning: '#f0a030',
  marks: { firing: '#ff9146', opened: '#b4bfce', acknowledged: '#7fb2f0', resolved: '#4cc79a', deployment: '#c4a1f2' },
  palette: ['#56b4e9', '#e69f00', '#2cc4a0', '#e08bbf', '#b7dcf5', '#8a7bff'],
}

export function lookOf(theme: Theme): Look {
  return theme === 'dark' ? dark : light
}

/** The dashes tell lines apart without any colour. The worst line is whole and thick. */
export const dashes: number[][] = [[], [14, 4], [5, 3], [14, 4, 3, 4], [2, 3], [9, 3, 2, 3, 2, 3]]

export const baselineDash = [3, 4]

/** A threshold's, also of one that moves. */
export const thresholdDash = [9, 6]

/**
 * Registers the bundled font: without one the canvas draws no text at all, and says nothing.
 * Throws when a font file cannot be read.
 */
export function registerFont(): void {
  const locate = createRequire(import.meta.url)
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    const path = locate.resolve(`dejavu-fonts-ttf/ttf/${file}`)
    if (GlobalFonts.registerFromPath(path, font) === null) throw new Error(`The font ${path} cannot be used`)
  }
}
