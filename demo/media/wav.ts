const SAMPLE_RATE = 8000;

/** A sine tone as an 8-bit mono WAV file. */
export function toneWav(frequencyHz: number, milliseconds: number): Buffer {
  const samples = Math.round((SAMPLE_RATE * milliseconds) / 1000);
  const file = Buffer.alloc(44 + samples);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples, 40);
  for (let index = 0; index < samples; index += 1) {
    file[44 + index] = 128 + Math.round(100 * Math.sin((2 * Math.PI * frequencyHz * index) / SAMPLE_RATE));
  }
  return file;
}
