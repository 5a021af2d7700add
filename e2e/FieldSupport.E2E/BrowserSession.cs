using System.Collections.Concurrent;

namespace FieldSupport.E2E;

/// <summary>One person at one screen: own cookies, one page, and a note of everything that went wrong behind it.</summary>
public sealed class BrowserSession : IAsyncDisposable
{
    public const int Phone = 390;
    public const int Desk = 1280;

    private const string DemoPassword = "Demo-pass-1!";

    private readonly ConcurrentQueue<string> errors = new();
    private readonly ConcurrentQueue<string> requests = new();

    internal BrowserSession(IBrowserContext context, IPage page)
    {
        Context = context;
        Page = page;
        context.Console += (_, message) =>
        {
            if (string.Equals(message.Type, "error", StringComparison.Ordinal))
            {
                errors.Enqueue(message.Text);
            }
        };
        context.WebError += (_, error) => errors.Enqueue(error.Error);
        context.Request += (_, request) => requests.Enqueue(request.Url);
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Errors of scripts and of the console, in order.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Every address asked for, in order.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    /// <summary>Addresses asked for that are not on this machine: a page of ours asks for none.</summary>
    public IReadOnlyList<string> ForeignRequests =>
        [.. requests.Where(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal) && !uri.IsLoopback)];

    /// <summary>Signs a demo account in through the form, and fails with the form's own words when it stays there.</summary>
    public async Task SignInAs(string email)
    {
        await Page.GotoAsync("/account/sign-in");
        await Page.Locator("[name=Email]").FillAsync(email);
        await Page.Locator("[name=Password]").FillAsync(DemoPassword);
        await Page.Locator("form:has([name=Password]) button.btn-primary").ClickAsync();
        try
        {
            await Page.WaitForURLAsync(url => !new Uri(url).AbsolutePath.StartsWith("/account/sign-in", StringComparison.OrdinalIgnoreCase), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{email} could not sign in. The page says: {await Page.Locator("body").InnerTextAsync()}");
        }
    }

    public async ValueTask DisposeAsync() => await Context.CloseAsync();
}
