using System.Net.Sockets;
using FieldSupport.Web.Composition;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>A mail server (<c>FieldSupport:Mail:*</c>). TLS where the server offers it; every step has a time limit.</summary>
public sealed class SmtpPost(Settings settings) : IPost
{
    private readonly MailSettings _mail = settings.Mail;

    public bool IsIdempotent => false;

    public async Task<IPostRound> Open(CancellationToken stop)
    {
        var round = new Round(_mail);
        try
        {
            await round.Connect(stop);
        }
        catch
        {
            await round.DisposeAsync();
            throw;
        }
        return round;
    }

    private sealed class Round(MailSettings mail) : IPostRound
    {
        private readonly TimeSpan _answer = TimeSpan.FromSeconds(mail.AnswerSeconds);
        private Client _client = new();

        public async Task Connect(CancellationToken stop)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(_answer);
            try
            {
                _client.Timeout = (int)_answer.TotalMilliseconds;
                await _client.ConnectAsync(mail.Host!, mail.Port, SecureSocketOptions.Auto, limit.Token);
                if (!string.IsNullOrEmpty(mail.User)) await _client.AuthenticateAsync(mail.User, mail.Password ?? "", limit.Token);
            }
            catch (Exception e) when (!stop.IsCancellationRequested && IsOfTheConnection(e))
            {
                throw new PostUnreachableException($"The mail server {mail.Host}:{mail.Port} cannot be used: {Reason(e)}", e);
            }
        }

        public async Task<string?> HandOver(MimeMessage message, CancellationToken stop)
        {
            if (!_client.IsConnected)
            {
                _client.Dispose();
                _client = new Client();
                await Connect(stop);
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(_answer * 3);
            try
            {
                _client.Refused.Clear();
                await _client.SendAsync(message, limit.Token);
                return _client.Refused.Count == 0 ? null : "Taken, but not for " + string.Join("; ", _client.Refused.Select(r => $"{r.Address}: {r.Answer}"));
            }
            catch (SmtpCommandException e)
            {
                // The server will not take our sender: that is a setting, not this mail; it may be mended at any time.
                var forGood = (int)e.StatusCode >= 500 && e.ErrorCode != SmtpErrorCode.SenderNotAccepted;
                throw new MailRefusedException($"{(int)e.StatusCode} {e.Message}", forGood, e);
            }
            catch (Exception e) when (!stop.IsCancellationRequested && IsOfTheConnection(e))
            {
                // It may have been taken, it may not: it goes again under the same Message-ID. The next one gets a new connection.
                _client.Dispose();
                _client = new Client();
                throw new MailRefusedException($"The connection to the mail server was lost: {Reason(e)}", forGood: false, e);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_client.IsConnected)
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                try
                {
                    await _client.DisconnectAsync(quit: true, limit.Token);
                }
                catch (Exception e) when (IsOfTheConnection(e))
                {
                    // Everything was answered already; a farewell that fails changes nothing.
                }
            }
            _client.Dispose();
        }

        private static bool IsOfTheConnection(Exception e) => e is SocketException or IOException or ProtocolException or ServiceNotConnectedException
            or ServiceNotAuthenticatedException or AuthenticationException or SslHandshakeException or CommandException or OperationCanceledException or TimeoutException
            or NotSupportedException;

        private static string Reason(Exception e) => e is OperationCanceledException ? "no answer in time" : e.Message;
    }

    /// <summary>One address that is refused does not keep the mail from the others.</summary>
    private sealed class Client : SmtpClient
    {
        public List<(string Address, string Answer, int Code)> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Refused.Add((mailbox.Address, $"{(int)response.StatusCode} {response.Response}", (int)response.StatusCode));

        protected override void OnNoRecipientsAccepted(MimeMessage message)
        {
            // The softest answer decides: while one address may come right, the mail is tried again.
            var code = Refused.Any(r => r.Code < 500) ? SmtpStatusCode.MailboxBusy : SmtpStatusCode.MailboxUnavailable;
            throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, code, string.Join("; ", Refused.Select(r => $"{r.Address}: {r.Answer}")));
        }
    }
}
