using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using MimeKit;

namespace FieldSupport.Web.Composition;

public static class MailSetup
{
    /// <summary>Notices go to files, or to a mail server where one is set.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, Checked settings)
    {
        var mail = settings.Settings.Mail;
        if (!MailboxAddress.TryParse(mail.From, out _)) throw new SettingsException("FieldSupport:Mail:From", $"'{mail.From}' is not a mail address");
        if (mail.Mode.Equals("Smtp", StringComparison.OrdinalIgnoreCase)) services.AddSingleton<IPost, SmtpPost>();
        else services.AddSingleton<IPost, FolderPost>();
        services.AddSingleton(p => new NoticeMessage(mail.From, p.GetRequiredService<NoticeLinks>()));
        services.AddSingleton<SentJournal>();
        services.AddSingleton<NoticeSender>();
        return services;
    }
}
