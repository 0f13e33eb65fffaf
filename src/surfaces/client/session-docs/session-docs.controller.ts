import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../pipeline/auth.guard.js';
import { readDocument } from './document.js';
import { toPage } from './page.js';

/** The session protocol for programs and for people. */
@ApiExcludeController()
@Controller('docs')
@Public('documentation, the same for everybody')
export class SessionDocsController {
  private page: Promise<string> | undefined;

  @Get('session')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  async read(): Promise<string> {
    this.page ??= readDocument().then(toPage);
    return this.page;
  }

  @Get('session.json')
  @Header('cache-control', 'no-cache')
  async document(): Promise<unknown> {
    return readDocument();
  }
}
