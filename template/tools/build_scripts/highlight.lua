-- Listings in colours: found once, in the HTML that pandoc writes, and kept for Typst. Finding them
-- takes longer than anything else that is done to a chapter.
--
-- `colours` holds those of a chapter: the lines as HTML by what key() returns for their code.

local LISTING = '<div class="sourceCode"([^>]*)><pre([^>]*)><code( class="[^>]*)>(.-)'
  .. "</code></pre></div>"
local CHARACTERS = {
  ["&amp;"] = "&", ["&lt;"] = "<", ["&gt;"] = ">", ["&quot;"] = '"', ["&#39;"] = "'",
}
-- What pandoc calls the kinds of tokens in HTML, and in Typst.
local TOKENS = {
  al = "Alert", an = "Annotation", at = "Attribute", bn = "BaseN", bu = "BuiltIn",
  cf = "ControlFlow", ch = "Char", cn = "Constant", co = "Comment", cv = "CommentVar",
  ["do"] = "Documentation", dt = "DataType", dv = "DecVal", er = "Error", ex = "Extension",
  fl = "Float", fu = "Function", im = "Import", ["in"] = "Information", kw = "Keyword",
  op = "Operator", ot = "Other", pp = "Preprocessor", re = "RegionMarker", sc = "SpecialChar",
  ss = "SpecialString", st = "String", va = "Variable", vs = "VerbatimString", wa = "Warning",
}
local CALLS = {}
for class, kind in pairs(TOKENS) do CALLS[class] = ('");#%sTok("'):format(kind) end

local M = {}

--- What tells a listing from the others of a chapter.
function M.key(classes, text)
  return classes .. "\n" .. text
end

--- Take away what pandoc puts into every line: a third of a page.
local function bare_lines(text)
  local lines = (text .. "\n"):gsub('<span id="[^>]*><a href="[^>]*></a>(.-)</span>\n', "%1\n")
  return lines:sub(1, -2)
end

local function remember(colours, attributes, lines)
  local classes = attributes:match('class="sourceCode ([^"]*)"')
  if not classes then return end
  local text = lines:gsub("<[^>]*>", ""):gsub("&#?%w+;", CHARACTERS)
  colours[M.key(classes:gsub("^numberSource ", ""), text)] = lines
end

--- Remember the listings of a text that pandoc wrote as HTML. Each is replaced by what a function
-- returns for the attributes of its three elements and for its lines.
function M.replace(html, colours, write)
  return (html:gsub(LISTING, function(outer, inner, options, text)
    local lines = bare_lines(text)
    remember(colours, inner, lines)
    return write(outer, inner, options, lines)
  end))
end

--- Remember the colours of some blocks of code.
function M.colour(codes, colours)
  local html = pandoc.write(pandoc.Pandoc(codes), "html", {wrap_text = "none"})
  M.replace(html, colours, function() return nil end)
end

--- Lines in colours as an array of Typst's. In what pandoc writes every "<" begins a tag.
function M.typst(lines)
  local calls = lines:gsub("\\", "\\\\")
    :gsub('<span class="(%l+)">', CALLS)
    :gsub("</span>", '");#NormalTok("')
    :gsub("\n", '");],\n[#NormalTok("')
  calls = ('[#NormalTok("' .. calls .. '");]'):gsub('#NormalTok%(""%);', "")
  calls = calls:gsub("&quot;", '\\"'):gsub("&#?%w+;", CHARACTERS)
  return "(" .. calls .. ",)"
end

return M
