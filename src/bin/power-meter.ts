#!/usr/bin/env node
import { powerMeterCommand } from '../cli/commands/run-power-meter.js'
import { standalone } from '../cli/help/described-program.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(powerMeterCommand(io).name('power-meter')))
