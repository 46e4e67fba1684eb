// Runs a network on pictures, for quantize.py and agree.py (Debian has no ONNX Runtime for Python).
//
//   node run.mjs run    NETWORK PICTURES OUTPUT   the first output of every picture, float32
//   node run.mjs ranges NETWORK PICTURES OUTPUT   of every output what quantize.py needs to know, JSON
//
// PICTURES holds inputs of the network as raw float32, one after the other.
import fs from 'node:fs';
import { createRequire } from 'node:module';

// The package may be installed anywhere: in the folder that NODE_MODULES names, or beside this file.
const require = createRequire((process.env.NODE_MODULES ?? new URL('.', import.meta.url).pathname) + '/');
const ort = require('onnxruntime-node');
ort.env.logLevel = 'error';

const [command, network, pictures, output] = process.argv.slice(2);
const session = await ort.InferenceSession.create(network, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input] = session.inputMetadata;
const shape = input.shape.map((n) => (n > 0 ? n : 1));
const size = shape.reduce((a, b) => a * b, 4);

// each calls f with the outputs of every picture.
async function each(f) {
  const file = fs.openSync(pictures, 'r');
  for (let data = Buffer.alloc(size); fs.readSync(file, data, 0, size, null) === size; data = Buffer.alloc(size)) {
    const picture = new Float32Array(data.buffer, data.byteOffset, size / 4);
    f(await session.run({ [input.name]: new ort.Tensor('float32', picture, shape) }));
  }
  fs.closeSync(file);
}

// shortest returns the number of fewest digits that is x as a float32.
function shortest(x) {
  for (let digits = 1; digits < 9; digits++) {
    const y = Number(x.toPrecision(digits));
    if (Math.fround(y) === x) return y;
  }
  return Number(x.toPrecision(9));
}

async function ranges() {
  const bins = 4096;
  const all = session.outputNames.map((name) => ({ Name: name, Min: Infinity, Max: -Infinity, Hist: new Array(bins).fill(0), CAbs: null }));
  let count = 0;
  await each((outputs) => { // least, largest, and the mean over the pictures of the largest magnitude of each channel
    count++;
    for (const s of all) {
      const { data, dims } = outputs[s.Name];
      const n = data.length / dims[1];
      s.CAbs ??= new Array(dims[1]).fill(0);
      for (let c = 0; c < dims[1]; c++) {
        let top = 0;
        for (let i = c * n; i < (c + 1) * n; i++) {
          const x = data[i];
          if (x < s.Min) s.Min = x;
          if (x > s.Max) s.Max = x;
          if (x > top) top = x;
          if (-x > top) top = -x;
        }
        s.CAbs[c] += top;
      }
    }
  });
  const round = Math.fround; // the bins were first counted in float32, and the result is to stay the same
  await each((outputs) => {
    for (const s of all) {
      const k = round(round(4095.99) / Math.max(round(s.Max - s.Min), round(1e-9)));
      for (const x of outputs[s.Name].data) s.Hist[Math.trunc(round(round(x - s.Min) * k))]++;
    }
  });
  for (const s of all) {
    s.CAbs = s.CAbs.map((sum) => sum / count);
    s.Min = shortest(s.Min);
    s.Max = shortest(s.Max);
  }
  fs.writeFileSync(output, JSON.stringify(all));
}

if (command === 'ranges') {
  await ranges();
} else if (command === 'run') {
  const file = fs.openSync(output, 'w');
  await each((outputs) => {
    const { data } = outputs[session.outputNames[0]];
    fs.writeSync(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });
  fs.closeSync(file);
} else {
  console.error('usage: node run.mjs run|ranges NETWORK PICTURES OUTPUT');
  process.exit(2);
}
