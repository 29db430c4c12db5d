-- The website's and the EPUB's text of a chapter.

local stringify = pandoc.utils.stringify
local CALLOUTS = {"note", "tip", "important", "warning", "caution"}
local OPTIONS = {html_math_method = "mathml", wrap_text = "preserve"}

local function finish_callout(div)
  for _, class in ipairs(CALLOUTS) do
    if div.classes:includes(class) then
      div.classes:insert(1, "callout")
      div.attributes.role = "note"
      return div
    end
  end
end

--- Let a wide table scroll by itself, also by keyboard.
local function finish_table(tbl, words)
  local caption = stringify(tbl.caption.long)
  local label = caption ~= "" and caption or words.Table
  -- A list, because a table of names has another order in every run.
  local attributes = {{"tabindex", "0"}, {"role", "group"}, {"aria-label", label}}
  return pandoc.Div({tbl}, pandoc.Attr("", {"table"}, attributes))
end

--- Give a heading a link to itself, for readers who want to share it.
local function finish_heading(header, words)
  local attributes = {["aria-label"] = words.LinkHere}
  local anchor = pandoc.Attr("", {"anchor"}, attributes)
  header.content:insert(pandoc.Link({}, "#" .. header.identifier, "", anchor))
  return header
end

local function finish_code(code)
  code.attributes.dir = "ltr"
  return code
end

return function(doc, context)
  local words = context.words
  local page = doc:walk {
    CodeBlock = finish_code,
    Div = finish_callout,
    Header = function(header) return finish_heading(header, words) end,
    Image = function(image)
      image.attributes.loading = "lazy"
      if #image.caption == 0 then image.attributes.alt = "" end
      return image
    end,
    Table = function(tbl) return finish_table(tbl, words) end,
  }
  return pandoc.write(page, "html", OPTIONS)
end
