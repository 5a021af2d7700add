using System.Security.Cryptography;
using System.Text;
using FieldSupport.Web.Composition;
using MimeKit;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>One <c>.eml</c> a mail in the data folder's <c>mail/</c>, named by its Message-ID: the same mail again is the same file.</summary>
public sealed class FolderPost(Checked settings) : IPost
{
    public string Folder { get; } = Path.Combine(settings.DataFolder, "mail");

    public bool IsIdempotent => true;

    public Task<IPostRound> Open(CancellationToken stop)
    {
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostUnreachableException($"The mail folder cannot be used: {e.Message}", e);
        }
        return Task.FromResult<IPostRound>(new Round(Folder));
    }

    public static string FileNameOf(string messageId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId.Trim('<', '>'))).AsSpan(0, 16)) + ".eml";

    private sealed class Round(string folder) : IPostRound
    {
        public async Task<string?> HandOver(MimeMessage mail, CancellationToken stop)
        {
            var path = Path.Combine(folder, FileNameOf(mail.MessageId!));
            var half = path + ".part";
            try
            {
                // Whole or not at all: written aside, flushed to the disk, then renamed.
                await using (var file = new FileStream(half, FileMode.Create, FileAccess.Write, FileShare.None))
                {
                    await mail.WriteToAsync(file, stop);
                    file.Flush(flushToDisk: true);
                }
                File.Move(half, path, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PostUnreachableException($"The mail folder cannot be written: {e.Message}", e);
            }
            return null;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
