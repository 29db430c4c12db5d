-- Pass 2 of the website: write the text of pages.
--
-- Input:  {"shared": {"words": {"Table": …}}, "jobs": [{"ast": JSON text,
--          "pages": {id: address}, "images": {path: address}}]}
-- Output: one line for each job: {"html": …, "messages": […]}, or {"error": …}.

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

local function write(job, words)
  local doc = pandoc.read(job.ast, "json"):walk {
    CodeBlock = finish_code,
    Div = finish_callout,
    Header = function(header) return finish_heading(header, words) end,
    Image = function(image)
      image.src = job.images[image.src] or image.src
      image.attributes.loading = "lazy"
      -- Without the attribute a screen reader spells the file name.
      if #image.caption == 0 then image.attributes.alt = "" end
      return image
    end,
    Link = function(link)
      link.target = job.pages[link.target:match("^#(.+)$")] or link.target
      return link
    end,
    Table = function(tbl) return finish_table(tbl, words) end,
  }
  local log, html = pandoc.log.silence(pandoc.write, doc, "html", OPTIONS)
  local messages = log:map(function(m) return pandoc.json.decode(pandoc.json.encode(m)) end)
  return {html = html, messages = messages}
end

local input = pandoc.json.decode(io.read("a"), false)
for _, job in ipairs(input.jobs) do
  local ok, answer = pcall(write, job, input.shared.words)
  io.write(pandoc.json.encode(ok and answer or {error = tostring(answer)}), "\n")
  io.flush()
end
