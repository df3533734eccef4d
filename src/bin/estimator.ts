#!/usr/bin/env node
import { standalone } from '../cli/described-program.js'
import { estimatorCommand } from '../cli/estimator.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(estimatorCommand(io)))
