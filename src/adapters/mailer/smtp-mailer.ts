import { createTransport, type Transporter } from 'nodemailer';
import { type Mail, Mailer } from '../../core/identity/mailer.port.js';

interface SmtpSettings {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  url: string;
  /** `Name <address>` */
  from: string;
}

const CONNECT_MS = 10_000;
const IDLE_MS = 20_000;

/** Sends by SMTP; STARTTLS when the server offers it. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;

  constructor({ url, from }: SmtpSettings) {
    super();
    this.transport = createTransport(
      {
        url,
        connectionTimeout: CONNECT_MS,
        greetingTimeout: CONNECT_MS,
        socketTimeout: IDLE_MS,
        dnsTimeout: CONNECT_MS,
        // A mail is what we wrote, never a file or an address that something in it names.
        disableFileAccess: true,
        disableUrlAccess: true,
      },
      { from },
    );
  }

  async send({ to, subject, text, html }: Mail, { signal }: { signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    // An object, so that the address is not parsed again as a list of addresses.
    const sending = this.transport.sendMail({ to: { name: '', address: to }, subject, text, ...(html && { html }) });
    await Promise.race([sending, aborted(signal, sending)]);
  }

  async check(): Promise<void> {
    await this.transport.verify();
  }
}

/** nodemailer takes no signal: its own timeouts end what is left behind. */
function aborted(signal: AbortSignal, sending: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => signal.removeEventListener('abort', onAbort);
    sending.then(done, done);
  });
}
