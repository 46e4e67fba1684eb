// Runs a network on pictures, for narrow.py, quantize.py and agree.py (Debian has no ONNX Runtime for Python).
//
//   node run.mjs run    NETWORK PICTURES OUTPUT   the first output of every picture, float32
//   node run.mjs ranges NETWORK PICTURES OUTPUT   of every output what quantize.py needs to know, JSON
//   node run.mjs values NETWORK PICTURES OUTPUT PIXELS N... of every picture, output and channel the values at the pixels that the
//                                                 file PIXELS names (int32: by picture and output N of them), float32
//
// PICTURES holds inputs of the network as raw float32, one after the other.
import fs from 'node:fs';
import { createRequire } from 'node:module';

// The package may be installed anywhere: in the folder that NODE_MODULES names, or beside this file.
const require = createRequire((process.env.NODE_MODULES ?? new URL('.', import.meta.url).pathname) + '/');
const ort = require('onnxruntime-node');
ort.env.logLevel = 'error';

const [command, network, pictures, output, pixels, ...counts] = process.argv.slice(2);
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
      let { Min: least, Max: most } = s;
      for (let c = 0; c < dims[1]; c++) {
        let top = 0;
        for (let i = c * n; i < (c + 1) * n; i++) {
          const x = data[i];
          if (x < least) least = x;
          if (x > most) most = x;
          if (x > top) top = x;
          if (-x > top) top = -x;
        }
        s.CAbs[c] += top;
      }
      s.Min = least;
      s.Max = most;
    }
  });
  const round = Math.fround; // in float32, as the bins of the pack's network were counted
  let picture = 0;
  await each((outputs) => {
    const at = picture++ % 4; // of large tensors a quarter of the values, other ones of each picture
    for (const s of all) {
      const { Hist: histogram, Min: low } = s;
      const k = round(4095.99 / Math.max(s.Max - low, 1e-9));
      const { data } = outputs[s.Name];
      const many = data.length > 20000;
      for (let i = many ? at : 0; i < data.length; i += many ? 4 : 1) histogram[Math.trunc(round(round(data[i] - low) * k))]++;
    }
  });
  for (const s of all) s.CAbs = s.CAbs.map((sum) => sum / count);
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
} else if (command === 'values') {
  const file = fs.openSync(output, 'w');
  const bytes = fs.readFileSync(pixels);
  const all = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let start = 0;
  await each((outputs) => {
    session.outputNames.forEach((name, k) => {
      const { data, dims } = outputs[name];
      const n = data.length / dims[1];
      const at = all.subarray(start, (start += +counts[k]));
      const some = new Float32Array(dims[1] * at.length);
      for (let i = 0; i < some.length; i++) some[i] = data[Math.floor(i / at.length) * n + at[i % at.length]];
      fs.writeSync(file, Buffer.from(some.buffer));
    });
  });
  fs.closeSync(file);
} else {
  console.error('usage: node run.mjs run|ranges NETWORK PICTURES OUTPUT, or values NETWORK PICTURES OUTPUT PIXELS N...');
  process.exit(2);
}
