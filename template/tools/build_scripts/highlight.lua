-- Listings in colours: found once, as HTML, whatever the book is built into.
--
-- `colours` holds those of a chapter: lines as HTML by what key() returns for their code.

local HERE = pandoc.path.directory(arg[0])
local python = dofile(pandoc.path.join {HERE, "python.lua"})
local CODE_OPTIONS = dofile(pandoc.path.join {HERE, "blocks.lua"}).CODE_OPTIONS

-- How pandoc writes a listing, and each of its lines.
local LISTING = '<pre class="sourceCode ([^"]*)"><code[^>]*>(.-)</code></pre>'
local LINE = '<span id="[^>]*><a href="[^>]*></a>(.-)</span>\n'
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

--- The language of some code by the name that pandoc knows it by, or nil.
local function language(code)
  return (code.classes:find_if(function(class) return not CODE_OPTIONS[class] end))
end

--- The text of some code without the empty lines at its end.
function M.text(code)
  return (code.text:gsub("%s+$", ""))
end

local function key(name, text)
  return name .. "\n" .. text
end

--- Find the colours of some code with pandoc. Calling its writer takes longer than colouring a
-- listing, so that it is called once.
local function ask_pandoc(codes, colours)
  local html = pandoc.write(pandoc.Pandoc(codes), "html", {wrap_text = "none"})
  for name, listing in html:gmatch(LISTING) do
    -- What it puts into every line is a third of a page.
    local lines = (listing .. "\n"):gsub(LINE, "%1\n"):sub(1, -2)
    local text = lines:gsub("<[^>]*>", ""):gsub("&#?%w+;", CHARACTERS)
    colours[key(name, text)] = lines
  end
end

--- Find the colours of some blocks of code.
local function colour(codes, colours)
  local left = pandoc.Blocks {}
  for _, code in ipairs(codes) do
    local name, text = language(code), M.text(code)
    if name and not colours[key(name, text)] then
      local lines = name == "python" and python(text)
      if lines then
        colours[key(name, text)] = lines
      else
        left:insert(pandoc.CodeBlock(text, pandoc.Attr("", {name})))
      end
    end
  end
  if #left > 0 then ask_pandoc(left, colours) end
end

--- Put a block of code aside, and return what stands for it in a text until fill_in.
function M.put_aside(code, codes)
  codes:insert(code)
  return "\u{FDD0}C" .. #codes .. "\u{FDD1}"
end

--- Put what a function writes of each block of code where it stands, when all have their colours.
function M.fill_in(text, codes, colours, write)
  colour(codes, colours)
  return (text:gsub("\u{FDD0}C(%d+)\u{FDD1}", function(place)
    return write(codes[tonumber(place)])
  end))
end

--- The lines of some code as HTML in colours, nil where there are none.
function M.html(code, colours)
  local name = language(code)
  return name and colours[key(name, M.text(code))]
end

--- The lines of some code as an array of Typst's, likewise. In their HTML every "<" begins a tag.
function M.typst(code, colours)
  local lines = M.html(code, colours)
  if not lines then return nil end
  local calls = lines:gsub("\\", "\\\\")
    :gsub('<span class="(%l+)">', CALLS)
    :gsub("</span>", '");#NormalTok("')
    :gsub("\n", '");],\n[#NormalTok("')
  calls = ('[#NormalTok("' .. calls .. '");]'):gsub('#NormalTok%(""%);', "")
  calls = calls:gsub("&quot;", '\\"'):gsub("&#?%w+;", CHARACTERS)
  return "(" .. calls .. ",)"
end

return M
