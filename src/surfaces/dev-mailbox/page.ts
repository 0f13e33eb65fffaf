export const MAILBOX_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mailbox · Switchyard</title>
    <link rel="stylesheet" href="/dev/mailbox/mailbox.css">
    <script src="/dev/mailbox/mailbox.js" defer></script>
  </head>
  <body>
    <header>
      <h1>Mailbox</h1>
      <span class="tag">development</span>
      <span id="status" role="status">Looking for mail…</span>
      <a href="/">Back to Switchyard</a>
    </header>
    <main>
      <ol id="mails" aria-label="Mails, newest first"></ol>
      <p id="empty" hidden>No mail yet. Ask for a sign-in code: it arrives here by itself.</p>
    </main>
    <template id="mail">
      <li>
        <div class="head"><span class="to"></span><time></time></div>
        <p class="subject"></p>
        <div class="code" hidden><output></output><button type="button">Copy</button></div>
        <a class="link" hidden rel="noreferrer"></a>
      </li>
    </template>
  </body>
</html>
`;
