import PDFDocument from 'pdfkit';
import type { Summary } from '../data/analysis.js';
import { tablesOf, type Table } from './tables.js';

const MARGIN = 56;
const ROW_HEIGHT = 16;

/** An A4 report. Streams are left uncompressed: the file is small, and its text can be searched as it is. */
export async function reportPdf(title: string, summary: Summary, madeAt: Date): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    compress: false,
    info: { Title: title, Creator: 'Switchyard demo server', CreationDate: madeAt },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(20).text(printable(title));
  document.font('Helvetica').fontSize(10).fillColor('#555555');
  document.text(`${summary.from} to ${summary.to} (complete days, UTC)`);
  document.moveDown().fillColor('#111111').fontSize(11);
  document.list(summary.highlights.map(printable), { bulletRadius: 1.5, textIndent: 12 });
  for (const table of tablesOf(summary)) drawTable(document, table);
  document.end();
  await finished;
  return Buffer.concat(chunks);
}

function drawTable(document: PDFKit.PDFDocument, table: Table): void {
  const width = document.page.width - 2 * MARGIN;
  const column = width / table.columns.length;
  const bottom = document.page.height - MARGIN;
  if (document.y + 3 * ROW_HEIGHT > bottom) document.addPage();
  document.moveDown().font('Helvetica-Bold').fontSize(13).fillColor('#111111').text(table.heading, MARGIN);
  let y = document.y + 4;
  const drawRow = (cells: string[], font: string) => {
    document.font(font).fontSize(10);
    cells.forEach((cell, index) =>
      document.text(printable(cell), MARGIN + index * column, y, {
        width: column - 8,
        align: index === 0 ? 'left' : 'right',
        lineBreak: false,
      }),
    );
    y += ROW_HEIGHT;
  };
  drawRow(table.columns, 'Helvetica-Bold');
  document
    .moveTo(MARGIN, y - 5)
    .lineTo(MARGIN + width, y - 5)
    .lineWidth(0.5)
    .stroke('#999999');
  for (const row of table.rows) {
    if (y + ROW_HEIGHT > bottom) {
      document.addPage();
      y = MARGIN;
    }
    drawRow(row, 'Helvetica');
  }
  document.x = MARGIN;
  document.y = y;
}

/** The built-in fonts know Latin-1 and a few more; what they lack would be printed as something else. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff–—‘’“”•…€]/gu, '?');
