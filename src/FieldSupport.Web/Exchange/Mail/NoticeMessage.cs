using System.Text;
using System.Text.Encodings.Web;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using MimeKit;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>A notice as MIME: plain text, and the same as simple HTML. A function of the row: made again, it is the same mail.</summary>
public sealed class NoticeMessage(string from)
{
    private readonly MailboxAddress _from = MailboxAddress.Parse(from);

    /// <exception cref="MailRefusedException">The row has no address that can be written to.</exception>
    public MimeMessage Of(Notice notice)
    {
        var mail = new MimeMessage { MessageId = notice.MessageId.Trim('<', '>'), Date = notice.QueuedAtUtc.ToUniversalTime(), Subject = OneLine(notice.Subject) };
        mail.From.Add(_from);
        foreach (var address in (notice.Addresses ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Parsed as one mailbox, never as a list or a header: a line break or a second address in it is a refusal.
            if (address.Any(char.IsControl) || !MailboxAddress.TryParse(address, out var mailbox) || !mailbox.Address.Contains('@', StringComparison.Ordinal))
                throw new MailRefusedException($"'{OneLine(address)}' is not a mail address.", forGood: true);
            mail.To.Add(mailbox);
        }
        if (mail.To.Count == 0) throw new MailRefusedException($"Nobody stands behind {notice.Recipient}: no address.", forGood: true);
        if (WireName.Parse<Severity>(notice.Severity) is Severity.Critical or Severity.High) mail.Importance = MessageImportance.High;
        mail.Headers.Add("Auto-Submitted", "auto-generated");

        var body = new MultipartAlternative { new TextPart("plain") { Text = notice.Body }, new TextPart("html") { Text = Html(notice) } };
        body.Boundary = "=_" + FolderPost.FileNameOf(notice.MessageId)[..32];
        mail.Body = body;
        return mail;
    }

    private static string Html(Notice notice)
    {
        var encode = HtmlEncoder.Default;
        var html = new StringBuilder("<!doctype html>\n<html lang=\"en-US\"><head><meta charset=\"utf-8\"><title>")
            .Append(encode.Encode(OneLine(notice.Subject))).Append("</title></head>\n<body style=\"font-family:sans-serif;line-height:1.4\">\n");
        foreach (var paragraph in notice.Body.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            html.Append("<p>").AppendJoin("<br>\n", paragraph.Trim('\n').Split('\n').Select(Line)).Append("</p>\n");
        return html.Append("</body></html>\n").ToString();

        string Line(string line)
        {
            var at = line.IndexOf("http", StringComparison.Ordinal);
            return at >= 0 && Uri.TryCreate(line[at..], UriKind.Absolute, out var link) && link.Scheme is "http" or "https"
                ? $"{encode.Encode(line[..at])}<a href=\"{encode.Encode(link.AbsoluteUri)}\">{encode.Encode(line[at..])}</a>"
                : encode.Encode(line);
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
