#!/usr/bin/env node
import { offlineTrainerCommand } from '../cli/commands/run-offline-trainer.js'
import { standalone } from '../cli/help/described-program.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(offlineTrainerCommand(io)))
