// The page as text. Its doctype decides how the text is read again, and half a pair of code units is no text.
(limit) => {
	const root = document.documentElement;
	const doctype = document.compatMode === "CSS1Compat" ? "<!DOCTYPE html>" : "";
	const html = root ? doctype + root.outerHTML : "";
	return {
		url: location.href,
		type: document.contentType,
		charset: document.characterSet,
		html: html.length > limit ? null : html.toWellFormed(),
	};
}
