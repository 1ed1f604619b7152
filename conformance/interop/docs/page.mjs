// Changes of the texts for the page. The contract itself does not change.
const text = () => ({
  // Redoc's default text for a link is not descriptive.
  ExternalDocs(docs) {
    docs.description ??= "The vendor's page";
  },
  // Redoc renders a link in Markdown as a link, but not a plain URL.
  Example(example) {
    if (/^https:\S+$/.test(example.description)) example.description = `[The vendor's page](${example.description})`;
  },
  // OpenAPI allows Markdown here, but Redoc does not render it.
  Server(server) {
    server.description = server.description?.replaceAll("`", "");
  },
});

export default () => ({ id: "page", decorators: { oas3: { text } } });
