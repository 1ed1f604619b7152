// What a login needs besides the generated client: a token and, in place of a person, the passcode in the inbox.
const variable = (name: string) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run "npm run check"`);
  return value;
};

export const authURL = variable("AUTH_URL");
export const environmentID = variable("ENVIRONMENT_ID");
// The users of the scenarios one-email-device, unknown-type and unknown-status.
export const emailUser = variable("EMAIL_USER");
export const unknownTypeUser = variable("UNKNOWN_TYPE_USER");
export const unknownStatusUser = variable("UNKNOWN_STATUS_USER");

async function json<T>(url: string, options?: RequestInit): Promise<T> {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json() as Promise<T>;
}

export async function token(): Promise<string> {
  const credentials = [variable("CLIENT_ID"), variable("CLIENT_SECRET")].map(encodeURIComponent).join(":");
  const { access_token } = await json<{ access_token: string }>(`${authURL}/${environmentID}/as/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(credentials)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  return access_token;
}

export async function passcode(id: string): Promise<string> {
  const inbox = await json<{ authenticationID: string; passcode: string }[]>(variable("INBOX"));
  const message = inbox.find(({ authenticationID }) => authenticationID === id);
  if (!message) throw new Error("no message");
  return message.passcode;
}

type Authentication = { status: string; _embedded?: { devices?: { type?: string }[] } };

// print prints the status and the types of the devices of each authentication.
export function print(...authentications: Authentication[]): void {
  const texts = authentications.map(({ status, _embedded }) =>
    [status, ...(_embedded?.devices ?? []).map(({ type }) => type)].join(" "),
  );
  console.log(texts.join(", "));
}
