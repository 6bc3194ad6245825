/** A file, or an error: what the server says instead of a file is none. */
export async function fetchAll(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

export async function fetchText(address) {
  return (await fetchAll(address)).text();
}
